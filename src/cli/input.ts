import { Argument, Option } from "commander";
import { BallastError } from "../errors.ts";

/** What commander makes of one argument or flag. */
type Raw = string | string[] | boolean | undefined;

/** One argument or flag of a command: how it is written, what it means, and the value that it stands for. */
export interface Input<Value = unknown> {
  /** As commander has it: `-s, --snapshot <file>`, `--key-file <files...>`, `--strict`; `<proof>`, `[instance]`. */
  readonly spec: string;
  readonly help: string;
  readonly isNeeded: boolean;
  /** What stands for it when it is left out, as it would be written. */
  readonly fallback?: string;
  /** The environment variable that gives it when the command line doesn't. */
  readonly variable?: string;
  /** The words that it may be. */
  readonly choices?: readonly string[];
  /** @throws {BallastError} the refusal of its parser. */
  readonly read: (raw: Raw) => Value;
}

export type Inputs = Readonly<Record<string, Input>>;

/** Makes a value of one word. @throws {BallastError} INVALID_INPUT. @param name as the user wrote it, e.g. `--valid-for`. */
export type Parser<Value> = (text: string, name: string) => Value;

/** What a spec like `<files...>` takes is a list; `<a,b,...>` is one word. */
type Some<Spec extends string, Value> = Spec extends `${string},...${string}`
  ? Value
  : Spec extends `${string}...${string}`
    ? readonly Value[]
    : Value;

/** An input with a parser, or with none: its value is the text then. */
interface Builder<Missing> {
  <const Spec extends string>(spec: Spec, help: string): Input<Some<Spec, string> | Missing>;
  <const Spec extends string, Value>(
    spec: Spec,
    help: string,
    parse: Parser<Value>,
  ): Input<Some<Spec, Value> | Missing>;
}

type Untyped = (spec: string, help: string, parse?: Parser<unknown>) => Input;

/** A flag or argument (`[name]`) that may be left out. */
export const option = ((spec, help, parse) => {
  return { spec, help, isNeeded: false, read: reader(spec, parse) };
}) as Untyped as Builder<undefined>;

/** A flag that must be given, by the command line or by its environment variable; an argument (`<name>`) that must be there. */
export const needed = ((spec, help, parse) => {
  return { spec, help, isNeeded: true, read: required(spec, reader(spec, parse)) };
}) as Untyped as Builder<never>;

/** An argument that is one of some words. */
export function choice<const Word extends string>(
  spec: string,
  help: string,
  choices: readonly Word[],
): Input<Word> {
  return { ...(needed(spec, help) as Input<Word>), choices };
}

/** A flag with a default. @param fallback as it would be written. */
export function defaulted<const Spec extends string>(
  spec: Spec,
  help: string,
  fallback: string,
): Input<Some<Spec, string>>;
export function defaulted<const Spec extends string, Value>(
  spec: Spec,
  help: string,
  fallback: string,
  parse: Parser<Value>,
): Input<Some<Spec, Value>>;
export function defaulted(spec: string, help: string, fallback: string, parse?: Parser<unknown>): Input {
  return { spec, help, isNeeded: false, fallback, read: required(spec, reader(spec, parse)) };
}

/** A flag without a value: true when it is given. `--no-x` is true when it is not. */
export function toggle(spec: `${string}--${string}`, help: string): Input<boolean> {
  return { spec, help, isNeeded: false, read: (raw) => raw === true };
}

/** The same flag with another text of help: what it is in one command. */
export function saying<Value>(input: Input<Value>, help: string): Input<Value> {
  return { ...input, help };
}

/** The same flag where it may be left out. */
export function optional<Value>(input: Input<Value>, help = input.help): Input<Value | undefined> {
  const { fallback: _, ...rest } = input;
  return { ...rest, help, isNeeded: false, read: (raw) => (raw === undefined ? undefined : input.read(raw)) };
}

/** The same, taken from the command line alone: where flags say what is to be done, the environment must not. */
export function onlyGiven<Value>(input: Input<Value>, help = input.help): Input<Value | undefined> {
  const { variable: _, ...rest } = optional(input, help);
  return rest;
}

/** The values of some inputs; what may be left out may be missing. */
export type ValuesOf<Of extends Inputs> = Flat<
  { readonly [Name in keyof Of as undefined extends ValueOf<Of[Name]> ? never : Name]: ValueOf<Of[Name]> } & {
    readonly [Name in keyof Of as undefined extends ValueOf<Of[Name]> ? Name : never]?: Exclude<
      ValueOf<Of[Name]>,
      undefined
    >;
  }
>;
type ValueOf<One> = One extends Input<infer Value> ? Value : never;
type Flat<Object> = { [Name in keyof Object]: Object[Name] };

export function commanderOption({ spec, help, isNeeded, fallback, variable }: Input): Option {
  const made = new Option(spec, help).makeOptionMandatory(isNeeded);
  if (fallback !== undefined) made.default(made.variadic ? [fallback] : fallback);
  // An empty variable is none.
  if (variable !== undefined && process.env[variable] !== "") made.env(variable);
  return made;
}

export function commanderArgument({ spec, help, choices }: Input): Argument {
  const made = new Argument(spec, help);
  return choices === undefined ? made : made.choices(choices);
}

/** The name by which the user knows an input: `--snapshot`, or `proof`. */
function nameOf(spec: string): string {
  return /--[a-z][a-z0-9-]*/.exec(spec)?.[0] ?? spec.replace(/[<>[\].]/g, "");
}

function reader(spec: string, parse: Parser<unknown> = (text) => text): (raw: Raw) => unknown {
  const name = nameOf(spec);
  return (raw) => {
    if (raw === undefined) return undefined;
    return Array.isArray(raw) ? raw.map((text) => parse(text, name)) : parse(String(raw), name);
  };
}

function required<Value>(spec: string, read: (raw: Raw) => Value | undefined): (raw: Raw) => Value {
  return (raw) => {
    const value = read(raw);
    if (value === undefined) throw new BallastError("INVALID_INPUT", `${nameOf(spec)} is missing.`);
    return value;
  };
}
