/**
 * Rendezvous hashing: of all slots the one with the highest score for this name. When a slot comes or goes, only the
 * names that it wins or held move. (Thaler, Ravishankar: "A name-based mapping scheme for rendezvous", 1996.)
 */
export function ownerOf(name: string, slots: readonly number[]): number | null {
  let best: number | null = null;
  let bestScore = -1;
  const hash = fnv1a(name);
  for (const slot of slots) {
    const score = mixed(hash ^ Math.imul(slot + 1, 0x9e3779b1));
    if (score > bestScore) [best, bestScore] = [slot, score];
  }
  return best;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The last step of MurmurHash3, without which scores of neighbouring slots go together. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
