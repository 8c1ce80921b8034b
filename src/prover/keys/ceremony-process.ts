import { type SnarkjsLogger, zKey } from "snarkjs";

/** One snarkjs job, in a process of its own: its threads and memory end with it, its output stays inside. */
export type CeremonyTask =
  | { readonly kind: "new"; readonly r1cs: string; readonly ptau: string; readonly output: string }
  | {
      readonly kind: "contribute";
      readonly from: string;
      readonly output: string;
      readonly name: string;
      readonly entropy: string;
    }
  | {
      readonly kind: "beacon";
      readonly from: string;
      readonly output: string;
      readonly name: string;
      readonly value: string;
      readonly iterationsExp: number;
    }
  | { readonly kind: "verify"; readonly r1cs: string; readonly ptau: string; readonly zkey: string };

/** Whether it went well, and what snarkjs said when it did not. */
export interface CeremonyReply {
  readonly ok: boolean;
  readonly reason: string;
}

const said: string[] = [];
const keep = (text: unknown): void => {
  said.push(String(text).split("\n")[0] ?? "");
};
const silent = (): void => {};
const logger: SnarkjsLogger = { debug: silent, info: silent, warn: silent, error: keep };
console.log = keep;

async function run(task: CeremonyTask): Promise<boolean> {
  switch (task.kind) {
    case "new":
      return (await zKey.newZKey(task.r1cs, task.ptau, task.output, logger)) !== -1;
    case "contribute":
      await zKey.contribute(task.from, task.output, task.name, task.entropy, logger);
      return true;
    case "beacon":
      return (
        (await zKey.beacon(task.from, task.output, task.name, task.value, task.iterationsExp, logger)) !==
        false
      );
    case "verify":
      return zKey.verifyFromR1cs(task.r1cs, task.ptau, task.zkey, logger);
  }
}

process.once("message", (task: CeremonyTask) => {
  run(task)
    .catch((error: unknown) => {
      keep(error instanceof Error ? error.message : error);
      return false;
    })
    .then((ok) => {
      const reply: CeremonyReply = { ok, reason: said.slice(-3).join("; ") };
      process.send?.(reply, () => process.exit(0));
    });
});
process.once("disconnect", () => process.exit(1));
