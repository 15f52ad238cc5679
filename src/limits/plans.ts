/**
 * Plans are data. The settings hold the caps of the free plan; a plan multiplies them. Everybody is on `free`; one that
 * is not offered is nobody's.
 */
export type Plan = {
  name: 'free' | 'high_volume';
  isOffered: boolean;
  /** What the caps and the day's units of the settings are multiplied by. */
  times: number;
  /** Illustrative, all of them: nobody has decided a price, and nothing is charged. */
  illustrativeUsdPerMonth: number;
};

export const plans: Readonly<Record<Plan['name'], Plan>> = {
  free: { name: 'free', isOffered: true, times: 1, illustrativeUsdPerMonth: 0 },
  high_volume: { name: 'high_volume', isOffered: false, times: 10, illustrativeUsdPerMonth: 500 },
};

/** The plan that counts: the one that was asked for where it is offered, else the free one. */
export const planOf = (asked: Plan['name'] = 'free'): Plan =>
  plans[asked].isOffered ? plans[asked] : plans.free;
