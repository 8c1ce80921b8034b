import { attest } from "./commands/attest.ts";
import { circuits } from "./commands/circuits.ts";
import { demo } from "./commands/demo.ts";
import { deploy } from "./commands/deploy.ts";
import { inclusion } from "./commands/inclusion.ts";
import { liquidate } from "./commands/liquidate/liquidate.ts";
import { margin } from "./commands/margin.ts";
import { oracle } from "./commands/oracle.ts";
import { policy } from "./commands/policy.ts";
import { prove } from "./commands/prove.ts";
import { publish } from "./commands/publish.ts";
import { ceremony, setup } from "./commands/setup.ts";
import { snapshot } from "./commands/snapshot.ts";
import { solvency } from "./commands/solvency/solvency.ts";
import { vault } from "./commands/vault.ts";
import { verify } from "./commands/verify.ts";
import { watch } from "./commands/watch.ts";
import type { Register } from "./program.ts";

/** All commands, in the order of `ballast --help`. */
export const commands: readonly Register[] = [
  demo,
  circuits,
  policy,
  snapshot,
  margin,
  setup,
  ceremony,
  prove,
  verify,
  deploy,
  publish,
  attest,
  inclusion,
  solvency,
  vault,
  liquidate,
  watch,
  oracle,
];
