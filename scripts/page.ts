/** Builds the page into a folder: `tsx scripts/page.ts FOLDER`; by default dist/page. */
import { fileURLToPath } from "node:url";
import { buildPage } from "./page/build.ts";

const [folder = fileURLToPath(new URL("../dist/page", import.meta.url))] = process.argv.slice(2);
await buildPage(folder);
