import type { StatusJson } from "../../../service/status-file.ts";
import { command } from "../../command.ts";
import { takeSignals } from "../../exit.ts";
import { option, toggle } from "../../input.ts";
import { statusText } from "../../service-text.ts";
import { named } from "../../summaries.ts";
import { configFile } from "./flags.ts";

/** Milliseconds between two looks of `--watch`. */
const AGAIN = 2_000;

export const status = command({
  ...named("status"),
  flags: {
    config: configFile,
    data: option("--data <folder>", "a service's data folder, in place of its configuration"),
    watch: toggle("--watch", "look again every two seconds, until Ctrl-C"),
  },
  notes: `
Accounts by tier, how many have an attestation that counts, queue, proofs, spending, processes. With DATABASE_URL it asks the database;
else it reads what the service writes beside its embedded one every two seconds.`,
  examples: ["ballast status", "ballast status --data service/data --watch"],
  async run({ config: file, data, watch }, { print, io, json }) {
    const { secretOf, loadConfig } = await import("../../../service/config/config-file.ts");
    const url = secretOf(process.env, "DATABASE_URL");
    const look = async (): Promise<StatusJson> => {
      if (url !== undefined) return fromDatabase(url);
      const { readStatusFile } = await import("../../../service/status-file.ts");
      return readStatusFile(data ?? loadConfig(file).data);
    };
    const show = (found: StatusJson): void =>
      print(found, () => `${ageText(found)}${statusText(found, io.color)}`);
    show(await look());
    if (!watch) return;
    const stop = new AbortController();
    const release = takeSignals(() => stop.abort());
    try {
      const { rest } = await import("../../../service/leader.ts");
      while (!stop.signal.aborted) {
        await rest(AGAIN, stop.signal);
        if (stop.signal.aborted) return;
        if (!json) io.out("\n");
        show(await look());
      }
    } finally {
      release();
    }
  },
});

async function fromDatabase(url: string): Promise<StatusJson> {
  const { openPostgres } = await import("../../../service/store/postgres.ts");
  const { checkSchema } = await import("../../../service/store/migrate.ts");
  const { readStatus, serviceTime } = await import("../../../service/status.ts");
  const { statusJson } = await import("../../../service/status-file.ts");
  const database = await openPostgres(url);
  try {
    await checkSchema(database);
    const now = BigInt(Date.now());
    return statusJson(await readStatus(database, await serviceTime(database, now), now), now);
  } finally {
    await database.close();
  }
}

/** How old what is shown is, where a service that has ended may have left it. */
function ageText({ at }: StatusJson): string {
  const seconds = Math.round((Date.now() - Number(at)) / 1_000);
  return seconds > 10 ? `as of ${seconds} s ago: does the service still run?\n` : "";
}
