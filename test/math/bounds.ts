/** Prints the table of measured errors of docs/protocol/black76.md: `npx tsx test/math/bounds.ts [points] [seed]`. */
import { measureAll } from "./measurements.ts";
import { SEED } from "./points.ts";

const points = Number(process.argv[2] ?? "3000");
const seed = Number(process.argv[3] ?? SEED);
console.log(`seed ${seed}\n\n| what | points | worst error | asserted bound | unit |\n|---|---|---|---|---|`);
for (const m of measureAll(seed, points)) {
  console.log(`| ${m.what} | ${m.points} | ${m.worst.toPrecision(3)} | ${m.bound} | ${m.unit} |`);
}
