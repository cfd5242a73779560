// Type-checks consumers, libraries included. In: {"typescript": folder, "programs": [{"roots", "options", "known"}]},
// where files below a `known` folder were checked before; out, for each program: [{"file", "line", "text", "source"}], what is wrong.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { typescript, programs } = JSON.parse(readFileSync(0));
const ts = createRequire(join(typescript, "package.json"))("typescript");
const parsed = new Map();
const check = ({ roots, options, known }) => {
  const { options: converted, errors } = ts.convertCompilerOptionsFromJson(options, "/");
  if (errors.length) throw new Error(ts.flattenDiagnosticMessageText(errors[0].messageText, "\n"));
  const host = ts.createCompilerHost(converted);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language, ...rest) => {
    const key = JSON.stringify([file, options.module, language.impliedNodeFormat ?? 0]);
    if (!parsed.has(key)) parsed.set(key, read(file, language, ...rest));
    return parsed.get(key);
  };
  const program = ts.createProgram(roots, converted, host);
  const files = program.getSourceFiles().filter(({ fileName }) => !known.some((folder) => fileName.startsWith(folder)));
  const found = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...files.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return ts.sortAndDeduplicateDiagnostics(found).map(({ file, start, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line : -1;
    return {
      file: file?.fileName ?? "",
      line: line + 1,
      text: ts.flattenDiagnosticMessageText(messageText, "\n"),
      source: file ? file.text.split("\n")[line].trim().slice(0, 300) : "",
    };
  });
};
process.stdout.write(JSON.stringify(programs.map(check)));
