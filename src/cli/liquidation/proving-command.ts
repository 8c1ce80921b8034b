import type { Desk } from "../../actions/liquidation/context.ts";
import { withDesk } from "../../actions/node/desk.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import { type LiquidationStatement, liquidationCircuits } from "../../liquidation/circuits.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { type Command, command } from "../command.ts";
import type { Inputs, ValuesOf } from "../input.ts";
import { type KindSchema, tell } from "../kind.ts";
import { type Files, type ProvingValues, proving } from "./flags.ts";
import { openSession } from "./session.ts";

/** A command that reads accounts, proves about them and sends: what it is beside the flags that all of them have. */
interface ProvingSchema<
  Arguments extends Inputs,
  Flags extends Inputs,
  Needed extends LiquidationStatement,
  Loaded extends Files,
> extends Omit<KindSchema<Arguments, Flags, Inputs, Desk<Needed>, Loaded>, "load"> {
  /** What it proves. */
  readonly needs: readonly Needed[];
  /** Whether it proves in a snapshot of any age. Default: in the newest. */
  readonly ofAnyAge?: boolean;
  /** Reads the command's files before anything is asked or loaded: what is wrong with them is said at once. */
  readonly load: (
    values: ValuesOf<Arguments & Flags>,
    snapshot: Snapshot,
    system: LiquidationSystem,
  ) => Loaded;
}

export function provingCommand<
  const Arguments extends Inputs = Record<never, never>,
  const Flags extends Inputs = Record<never, never>,
  const Needed extends LiquidationStatement = never,
  Loaded extends Files = Files,
>(schema: ProvingSchema<Arguments, Flags, Needed, Loaded>): Command {
  const { who = "", needs, ofAnyAge = false, load, act, ...rest } = schema;
  return command({
    ...rest,
    flags: { ...proving(who), ...rest.flags },
    async run(all, context) {
      // The values of all flags are those of either part.
      const values = all as unknown as ValuesOf<Arguments & Flags> & ProvingValues;
      const { validFor, backend } = values;
      const circuits = liquidationCircuits(values.circuit);
      const system = liquidationOf(loadDeployment(values.deployment));
      const snapshot = await context.progress.step("checking the snapshot", () =>
        loadSnapshot(values.snapshot),
      );
      const files = load(values, snapshot, system);
      const session = await openSession(values, context);
      const { places, inputs } = files;
      const options = { circuits, snapshot, validFor, ofAnyAge, places, inputs, needed: needs, backend };
      const told = await withDesk(session, options, (desk) => act(desk, { ...values, ...files }, context));
      tell(context, told);
    },
  });
}
