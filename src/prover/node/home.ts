import { join, resolve } from "node:path";

/** Where compiled circuits and keys are cached: `BALLAST_HOME`, or `.ballast` in the working folder. Absolute. */
export function ballastHome(): string {
  const { BALLAST_HOME: home } = process.env;
  return resolve(home === undefined || home === "" ? ".ballast" : home);
}

/** The folder of one compiled circuit. */
export function circuitCache(name: string, sourceHash: string): string {
  return join(ballastHome(), "circuits", `${name}-${sourceHash}`);
}

/** The folder of all keys made for one R1CS. */
export function keyFolder(r1csHash: string): string {
  return join(ballastHome(), "keys", r1csHash.replace(/^0x/, "").slice(0, 32));
}
