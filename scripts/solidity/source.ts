/** What every generated source starts with. */
export const HEADER = `// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;
`;
export const GENERATED =
  "/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.";

/** `accountId` -> `ACCOUNT_ID`. */
export const upper = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
/** `accountId` -> `AccountId`. */
export const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
export const list = (names: readonly string[]) => names.join(", ");
