import type { Desk } from "../../actions/liquidation/context.ts";
import type { LiquidationSystem } from "../../chain/liquidation/system.ts";
import type { LiquidationStatement } from "../../liquidation/circuits.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Command, type CommandSchema, command } from "../command.ts";
import type { Context } from "../context.ts";
import type { Inputs, ValuesOf } from "../input.ts";
import { withDesk } from "./desk.ts";
import { type Files, type ProvingValues, proving } from "./flags.ts";

/** A command that reads accounts, proves about them and sends: what it is beside the flags that all of them have. */
interface ProvingSchema<
  Arguments extends Inputs,
  Flags extends Inputs,
  Needed extends LiquidationStatement,
  Loaded extends Files,
> extends Omit<CommandSchema<Arguments, Flags>, "run"> {
  /** Whose key it takes, e.g. "the venue's key". */
  readonly who: string;
  /** What it proves. */
  readonly needs: readonly Needed[];
  /** Reads the command's files before anything is asked or loaded: what is wrong with them is said at once. */
  readonly load: (
    values: ValuesOf<Arguments & Flags>,
    snapshot: Snapshot,
    system: LiquidationSystem,
  ) => Loaded;
  /** Calls the action, and prints what it gives back. */
  readonly act: (
    desk: Desk<Needed>,
    files: Loaded,
    values: ValuesOf<Arguments & Flags>,
    context: Context,
  ) => Promise<void>;
}

export function provingCommand<
  const Arguments extends Inputs = Record<never, never>,
  const Flags extends Inputs = Record<never, never>,
  const Needed extends LiquidationStatement = never,
  Loaded extends Files = Files,
>(schema: ProvingSchema<Arguments, Flags, Needed, Loaded>): Command {
  const { who, needs, load, act, ...rest } = schema;
  return command({
    ...rest,
    flags: { ...proving(who), ...rest.flags },
    run: (all, context) => {
      // The values of all flags are those of either part.
      const values = all as unknown as ValuesOf<Arguments & Flags> & ProvingValues;
      return withDesk(
        values,
        context,
        needs,
        (snapshot, system) => load(values, snapshot, system),
        (desk, files) => act(desk, files, values, context),
      );
    },
  });
}
