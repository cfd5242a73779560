// Chooses versions as npm does. In: {"npm": folder, "questions": [{"versions", "latest", "ranges"}]};
// out: [{"lowest", "newest", "below"}], each a version or nothing; `below` is the release before the lowest.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { npm, questions } = JSON.parse(readFileSync(0));
const semver = createRequire(join(npm, "package.json"))("semver");
const choose = ({ versions, latest, ranges }) => {
  const sorted = semver.sort(versions.filter((version) => semver.valid(version)));
  const fits = (version) => ranges.every((range) => semver.satisfies(version, range));
  const fitting = sorted.filter(fits);
  const [lowest] = fitting;
  // npm takes what is tagged `latest` when that fits, even if a higher version does too
  const newest = latest && fits(latest) ? latest : fitting.at(-1);
  const below = sorted.filter((version) => lowest && semver.lt(version, lowest) && !semver.prerelease(version)).at(-1);
  return { lowest: lowest ?? "", newest: newest ?? "", below: below ?? "" };
};
process.stdout.write(JSON.stringify(questions.map(choose)));
