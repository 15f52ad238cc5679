/** The accounts that seed.ts writes straight into a store: an id that a generator can name without looking. */
export const ACCOUNT_PLACE = '‹account›';

export function seededAccount(at: number): string {
  return `acc_${String(at).padStart(26, '0')}`;
}
