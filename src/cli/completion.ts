import type { Command } from "commander";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What may stand after a path of command names. */
interface Place {
  /** Names joined by blanks; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly (Word & { readonly flags: readonly string[]; readonly takesValue: boolean })[];
}

interface Word {
  readonly name: string;
  readonly about: string;
}

/** A script that completes the program's commands and options; values are completed as files. Nothing of it runs the program. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program);
  if (shell === "bash") return bash(places);
  return shell === "zsh" ? zsh(places) : fish(places);
}

function placesOf(command: Command, path: readonly string[] = []): Place[] {
  const place: Place = {
    path: path.join(" "),
    commands: command.commands.map((child) => ({ name: child.name(), about: child.description() })),
    options: [
      ...command.options.map(({ long, short, description, required, optional }) => ({
        name: long ?? short ?? "",
        flags: [long, short].flatMap((flag) => flag ?? []),
        about: description,
        takesValue: required || optional,
      })),
      { name: "--help", flags: ["--help", "-h"], about: "display help for command", takesValue: false },
    ],
  };
  return [place, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))];
}

function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
    return `    ${quoted(path)}) words=${quoted(words.join(" "))} ;;`;
  });
  return `# ballast's completion for bash: eval "$(ballast completion bash)"
_ballast() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path="" next words i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${knownPaths(places).map(quoted).join("|")}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _ballast ballast
`;
}

function zsh(places: readonly Place[]): string {
  const described = ({ name, about }: Word): string => quoted(`${name.replaceAll(":", "\\:")}:${about}`);
  const cases = places.map(
    ({ path, commands, options }) => `    ${quoted(path)})
      commands=(${commands.map(described).join(" ")})
      options=(${options.flatMap(({ flags, about }) => flags.map((name) => described({ name, about }))).join(" ")})
      ;;`,
  );
  return `#compdef ballast
# ballast's completion for zsh: eval "$(ballast completion zsh)", or this file as _ballast in a folder of $fpath
_ballast() {
  local at="" next i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case "$next" in
      ${knownPaths(places).map(quoted).join("|")}) at="$next" ;;
    esac
  done
  case "$at" in
${cases.join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_ballast" ]; then _ballast "$@"; else compdef _ballast ballast; fi
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, options }) => {
    const at = `complete -c ballast -n ${quoted(`__ballast_at ${quotedForFish(path)}`)}`;
    return [
      ...commands.map(({ name, about }) => `${at} -f -a ${quotedForFish(name)} -d ${quotedForFish(about)}`),
      ...options.map(({ flags, about, takesValue }) => {
        const names = flags.map((flag) =>
          flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        return `${at} ${names.join(" ")}${takesValue ? " -r -F" : ""} -d ${quotedForFish(about)}`;
      }),
    ];
  });
  return `# ballast's completion for fish: ballast completion fish > ~/.config/fish/completions/ballast.fish
function __ballast_at
  set -l at ""
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    contains -- $next ${knownPaths(places).map(quotedForFish).join(" ")}; and set at $next
  end
  test "$at" = "$argv"
end
${lines.join("\n")}
`;
}

function knownPaths(places: readonly Place[]): string[] {
  return places.flatMap(({ path }) => (path === "" ? [] : [path]));
}

/** A word in single quotes, as POSIX shells take it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The same for fish, where a backslash escapes in quotes. */
function quotedForFish(text: string): string {
  return `"${text.replace(/[\\"$]/g, "\\$&")}"`;
}
