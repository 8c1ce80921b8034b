import type { TransactionReceipt } from "viem";
import { type Command, type CommandSchema, command } from "./command.ts";
import type { Context } from "./context.ts";
import { sent } from "./format.ts";
import type { Inputs, ValuesOf } from "./input.ts";

/** What a command tells when it is done. */
export interface Told {
  /** Printed as JSON, with the transaction where there is one. */
  readonly result: object;
  /** Undefined where nothing had to be sent, left out by a command that sends nothing. */
  readonly receipt?: TransactionReceipt | undefined;
  /** Printed otherwise. */
  readonly text: string;
  /** Whether it is bad news, although the command ran well: exit code 1. */
  readonly isBad?: boolean;
}

/** The values of a command, and what it loaded: where both have a name, what was loaded. */
type With<Values, Loaded> = Omit<Values, keyof Loaded> & Loaded;

/** A command of a kind: what it is beside what all of the kind have. */
export interface KindSchema<
  Arguments extends Inputs,
  Flags extends Inputs,
  Shared extends Inputs,
  Opened,
  Loaded extends object,
> extends Omit<CommandSchema<Arguments, Flags>, "run"> {
  /** Whose key it takes, e.g. "the venue's key"; left out where it sends nothing. */
  readonly who?: string;
  /** Reads the command's own files before anything is asked: what is wrong with them is said at once. */
  readonly load?: (
    values: ValuesOf<Arguments & Flags> & ValuesOf<Shared>,
    context: Context,
  ) => Loaded | Promise<Loaded>;
  /** Calls the action, and tells what came of it. */
  readonly act: (
    opened: Opened,
    values: With<ValuesOf<Arguments & Flags>, Loaded>,
    context: Context,
  ) => Promise<Told>;
}

/**
 * A kind of command: its commands share flags, and what these open before a command acts.
 * @param flagsOf the shared flags. @param open what they name, e.g. a venue's contracts and who sends.
 */
export function kindOfCommand<Shared extends Inputs, Opened>(
  flagsOf: (who: string) => Shared,
  open: (values: ValuesOf<Shared>, context: Context) => Promise<Opened>,
) {
  return <
    const Arguments extends Inputs = Record<never, never>,
    const Flags extends Inputs = Record<never, never>,
    Loaded extends object = Record<never, never>,
  >({
    who = "",
    load,
    act,
    ...rest
  }: KindSchema<Arguments, Flags, Shared, Opened, Loaded>): Command =>
    command({
      ...rest,
      flags: { ...flagsOf(who), ...rest.flags },
      async run(all, context) {
        // The values of all flags are those of either part.
        const values = all as unknown as ValuesOf<Arguments & Flags> & ValuesOf<Shared>;
        const loaded = await load?.(values, context);
        const known = { ...values, ...loaded } as With<ValuesOf<Arguments & Flags>, Loaded>;
        tell(context, await act(await open(values, context), known, context));
      },
    });
}

/** Prints what a command tells. */
export function tell({ print, fail }: Context, told: Told): void {
  const { result, text, isBad = false } = told;
  if (isBad) fail();
  print("receipt" in told ? { ...result, ...sent(told.receipt) } : result, () => text);
}
