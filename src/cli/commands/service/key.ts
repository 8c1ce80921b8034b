import type { ApiKey, ApiKeys, Scope } from "../../../service/api/keys.ts";
import { command, group } from "../../command.ts";
import { foreign } from "../../foreign.ts";
import { defaulted, needed } from "../../input.ts";
import { oneOf } from "../../options.ts";
import { named } from "../../summaries.ts";
import { configFile } from "./flags.ts";

const add = command({
  name: "add",
  summary: "make a key, and print its token this once",
  flags: {
    config: configFile,
    name: needed("--name <name>", "whose it is: the source's name of what it submits"),
    scopes: needed(
      "--scope <names...>",
      "submit, read, prove, admin",
      oneOf<Scope>("scope", ["submit", "read", "prove", "admin"]),
    ),
    declaredBy: defaulted(
      "--declared-by <who>",
      "who answers for the accounts that it submits: venue, of its customers, or self, of one's own",
      "self",
      oneOf("declarer", ["venue", "self"]),
    ),
  },
  notes:
    "The database has a hash of the token alone: whoever loses it makes another key. An embedded database is one process's at a time: stop the service for it.",
  examples: ["ballast key add --name book --scope submit read --declared-by venue"],
  run({ config, name, scopes, declaredBy }, { print }) {
    return withKeys(config, async (keys) => {
      const { key: made, token } = await keys.add({ name, scopes, declaredBy });
      print({ ...made, token }, () => `${keyText(made)}\n${token}`);
    });
  },
});

const list = command({
  name: "list",
  summary: "the keys that are good",
  flags: { config: configFile },
  examples: ["ballast key list"],
  run({ config }, { print }) {
    return withKeys(config, async (keys) => {
      const found = await keys.list();
      print({ keys: found }, () => (found.length === 0 ? "no key" : found.map(keyText).join("\n")));
    });
  },
});

const revoke = command({
  name: "revoke",
  summary: "make a key good for nothing",
  arguments: { id: needed("<id>", "as `ballast key list` has it") },
  flags: { config: configFile },
  examples: ["ballast key revoke 00112233aabbccdd"],
  run({ id, config }, { print }) {
    return withKeys(config, async (keys) => {
      await keys.revoke(id);
      print({ revoked: id }, () => `revoked ${foreign(id)}`);
    });
  },
});

/** `ballast key`. */
export const key = group({ ...named("key"), commands: [add, list, revoke] });

async function withKeys(config: string, work: (keys: ApiKeys) => Promise<void>): Promise<void> {
  const { loadConfig } = await import("../../../service/config/config-file.ts");
  const { databaseOf } = await import("../../../service/open-file.ts");
  const { ApiKeys: Keys } = await import("../../../service/api/keys.ts");
  const { makeFolder } = await import("../../../node/files.ts");
  const { migrate } = await import("../../../service/store/migrate.ts");
  const loaded = loadConfig(config);
  makeFolder(loaded.data, 0o700);
  const database = await databaseOf(loaded, process.env);
  try {
    await migrate(database);
    await work(new Keys(database));
  } finally {
    await database.close();
  }
}

function keyText({ id, name, scopes, declaredBy }: ApiKey): string {
  const whose = declaredBy === "self" ? "self-declared" : "declared by its venue";
  return `${id}  ${foreign(name)}  ${scopes.join(", ")}  ${whose}`;
}
