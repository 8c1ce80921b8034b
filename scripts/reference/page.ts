/** The note below each generated page's title. */
export const GENERATED =
  "<!-- Written by scripts/reference.ts (npm run generate): change what it is made from, not this. -->";
