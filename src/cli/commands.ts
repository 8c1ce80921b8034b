import { circuits } from "./commands/circuits.ts";
import { demo } from "./commands/demo.ts";
import { margin } from "./commands/margin.ts";
import { snapshot } from "./commands/snapshot.ts";
import type { Register } from "./program.ts";

/** All commands, in the order of `ballast --help`. */
export const commands: readonly Register[] = [demo, circuits, snapshot, margin];
