// Lists tarballs as npm reads them. In: {"npm": folder of npm, "files": [path]}; out: [{"paths": [text], "error": text}].
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { npm, files } = JSON.parse(readFileSync(0));
const tar = createRequire(join(npm, "package.json"))("tar");
const list = (file) => {
  const paths = [];
  try {
    tar.list({
      file,
      sync: true,
      strict: true,
      onReadEntry: (entry) => {
        if (entry.type !== "Directory") paths.push(entry.path);
      },
    });
    return { paths, error: "" };
  } catch (error) {
    return { paths, error: String(error) };
  }
};
process.stdout.write(JSON.stringify(files.map(list)));
