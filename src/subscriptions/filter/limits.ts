/** What one filter may cost: it runs for every event of its types, on the path of the publisher's answer. */
export const filterLimits = {
  maxDepth: 8,
  maxClauses: 64,
  maxValues: 100,
  maxTextLength: 512,
  maxPathLength: 200,
  /** Of one answer; a body of a megabyte of mistakes need not be told each of them. */
  maxErrors: 100,
} as const;
