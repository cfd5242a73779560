// Runs a declarative Jenkinsfile in the current folder, its `sh` steps for real: groovy Harness.groovy < request.json
//
// The request is {"jenkinsfile", "branch", "isChangeRequest", "credentials": {id: {"kind", ...}}, "archive"}. Directives
// and steps mean what https://www.jenkins.io/doc/book/pipeline/syntax says; one that is not here is an error, and so
// is a credential that is not given. Exits with 0 for SUCCESS, 1 for FAILURE or UNSTABLE, 2 when the file is no pipeline.
import groovy.json.JsonSlurper
import java.nio.file.FileSystems
import java.nio.file.FileVisitResult
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.Paths
import java.nio.file.SimpleFileVisitor
import java.nio.file.attribute.BasicFileAttributes
import org.codehaus.groovy.control.CompilerConfiguration

class Build {
    Map request
    Path folder = Paths.get('').toAbsolutePath()
    Map<String, String> environment = [:]
    String result = 'SUCCESS'

    void fail(String reason) {
        println "ERROR: ${reason}"
        result = 'FAILURE'
    }
}

class StepFailure extends RuntimeException {
    StepFailure(String message) { super(message) }
}

class Directive {
    Build build

    static void enter(Closure body, Directive delegate) {
        body.delegate = delegate
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body.call()
    }
}

class Pipeline extends Directive {
    Closure stages
    Closure post

    def getAny() { 'any' }
    void agent(String where) { assert where == 'any' }
    void options(Closure body) { enter(body, new Options(build: build)) }
    void stages(Closure body) { assert !stages; stages = body }
    void post(Closure body) { assert !post; post = body }

    void run() {
        assert stages: 'a pipeline has stages'
        enter(stages, new Stages(build: build))
        if (post) { enter(post, new Post(build: build)) }
    }
}

class Options extends Directive {
    void disableConcurrentBuilds() {}
    void timeout(Map limit) { assert limit.time > 0 && limit.unit in ['MINUTES', 'HOURS'] }
}

class Stages extends Directive {
    void stage(String name, Closure body) {
        def stage = new Stage(build: build)
        enter(body, stage)
        assert stage.steps: "stage ${name} has steps"
        if (build.result == 'FAILURE') {
            println "[Pipeline] stage ${name} skipped due to earlier failure(s)"
        } else if (!stage.isWanted) {
            println "[Pipeline] stage ${name} skipped due to when conditional"
        } else {
            println "[Pipeline] stage ${name}"
            try {
                enter(stage.steps, new Steps(build: build))
            } catch (StepFailure failure) {
                build.fail(failure.message)
            }
        }
    }
}

class Stage extends Directive {
    Closure steps
    boolean isWanted = true

    void when(Closure body) {
        def condition = new When(build: build)
        enter(body, condition)
        isWanted = condition.all
    }
    void steps(Closure body) { assert !steps; steps = body }
}

class When extends Directive {
    boolean all = true

    void changeRequest() { all = all && build.request.isChangeRequest }
    void branch(String name) { all = all && !build.request.isChangeRequest && build.request.branch == name }
}

class Steps extends Directive {
    void sh(String script) {
        def file = Files.createTempFile('script', '.sh')
        file.text = script
        def process = new ProcessBuilder('sh', '-xe', file.toString()).directory(build.folder.toFile())
        process.redirectErrorStream(true).redirectInput(new File('/dev/null')).redirectOutput(ProcessBuilder.Redirect.INHERIT)
        process.environment().putAll(build.environment)
        def code = process.start().waitFor()
        Files.delete(file)
        if (code) { throw new StepFailure("script returned exit code ${code}") }
    }

    void withCredentials(List<Map<String, String>> bindings, Closure body) {
        def outer = build.environment
        build.environment = outer + bindings.inject([:]) { all, one -> all + one }
        try {
            enter(body, new Steps(build: build))
        } finally {
            build.environment = outer
        }
    }

    Map<String, String> usernamePassword(Map names) {
        def found = credential(names.credentialsId, 'usernamePassword')
        [(names.usernameVariable): found.username, (names.passwordVariable): found.password]
    }

    Map<String, String> string(Map names) {
        [(names.variable): credential(names.credentialsId, 'string').secret]
    }

    Map<String, String> gitUsernamePassword(Map names) {
        credential(names.credentialsId, 'usernamePassword')
        [GIT_TERMINAL_PROMPT: '0']
    }

    Map credential(String id, String kind) {
        def found = build.request.credentials[id]
        if (found?.kind != kind) { throw new StepFailure("Could not find credentials entry with ID '${id}'") }
        found
    }

    void junit(Map settings) {
        def files = matching(settings.testResults)
        if (!files && !settings.allowEmptyResults) { throw new StepFailure('No test report files were found') }
        def failures = files.sum(0) { new XmlSlurper().parse(it.toFile()).'**'.count { it.name() in ['failure', 'error'] } }
        if (failures && build.result == 'SUCCESS') { build.result = 'UNSTABLE' }
    }

    void archiveArtifacts(Map settings) {
        def files = settings.artifacts.split(',').collectMany { matching(it.trim()) }
        if (!files && !settings.allowEmptyArchive) { throw new StepFailure('No artifacts found') }
        files.each {
            def target = Paths.get(build.request.archive).resolve(build.folder.relativize(it))
            Files.createDirectories(target.parent)
            Files.copy(it, target)
        }
    }

    List<Path> matching(String pattern) {
        def matcher = FileSystems.default.getPathMatcher("glob:${pattern}")
        def skipped = ['.git', '.venv'].collect { build.folder.resolve(it) }
        def found = []
        Files.walkFileTree(build.folder, new SimpleFileVisitor<Path>() {
            FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                path in skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE
            }
            FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && matcher.matches(build.folder.relativize(path))) { found << path }
                FileVisitResult.CONTINUE
            }
        })
        found.sort()
    }
}

class Post extends Directive {
    void always(Closure body) {
        try {
            enter(body, new Steps(build: build))
        } catch (StepFailure failure) {
            build.fail(failure.message)
        }
    }
}

abstract class PipelineScript extends Script {
    void pipeline(Closure body) {
        Build build = binding.getVariable('build')
        def pipeline = new Pipeline(build: build)
        Directive.enter(body, pipeline)
        pipeline.run()
    }
}

def build = new Build(request: new JsonSlurper().parse(System.in))
build.environment = build.request.isChangeRequest ?
    [BRANCH_NAME: 'PR-1', CHANGE_ID: '1', CHANGE_TARGET: build.request.branch] : [BRANCH_NAME: build.request.branch]
def settings = new CompilerConfiguration(scriptBaseClass: PipelineScript.name)
try {
    new GroovyShell(this.class.classLoader, new Binding(build: build), settings).evaluate(new File(build.request.jenkinsfile).text, 'WorkflowScript')
} catch (Exception | AssertionError | org.codehaus.groovy.control.CompilationFailedException error) {
    println "WorkflowScript: ${error.class.simpleName}: ${error.message}"
    System.exit(2)
}
println "Finished: ${build.result}"
System.exit(build.result == 'SUCCESS' ? 0 : 1)
