/** The closed lists that events speak in. Adding a value is additive; taking one away is a new version. */

/** Who sells (S1-19): creatives, and the studios that complement them. */
export const providerRoles = ['model', 'photographer', 'videographer', 'creator', 'studio'] as const;

export const buyerKinds = ['individual', 'brand', 'agency'] as const;

export const bookingParties = ['buyer', 'provider', 'marketplace'] as const;

export const paymentMethods = ['card', 'ach', 'wallet', 'invoice'] as const;

/**
 * What the marketplace's reviewers said of an image or a film (S1-23). The hub rates nothing itself:
 * `unrated` means that nobody has looked yet, `blocked` that it may be shown nowhere.
 */
export const contentRatings = ['general', 'artistic_nudity', 'restricted', 'unrated', 'blocked'] as const;

export type ContentRating = (typeof contentRatings)[number];

/** The teams by value stream (S1-38); every event type has exactly one. */
export const streams = [
  'discovery_booking',
  'money_tax',
  'trust_safety',
  'promos_growth',
  'studios',
] as const;

export type Stream = (typeof streams)[number];

/** States, the District, and the inhabited territories: USPS Publication 28, appendix B. */
export const usRegions = [
  'AL',
  'AK',
  'AZ',
  'AR',
  'CA',
  'CO',
  'CT',
  'DE',
  'DC',
  'FL',
  'GA',
  'HI',
  'ID',
  'IL',
  'IN',
  'IA',
  'KS',
  'KY',
  'LA',
  'ME',
  'MD',
  'MA',
  'MI',
  'MN',
  'MS',
  'MO',
  'MT',
  'NE',
  'NV',
  'NH',
  'NJ',
  'NM',
  'NY',
  'NC',
  'ND',
  'OH',
  'OK',
  'OR',
  'PA',
  'RI',
  'SC',
  'SD',
  'TN',
  'TX',
  'UT',
  'VT',
  'VA',
  'WA',
  'WV',
  'WI',
  'WY',
  'AS',
  'GU',
  'MP',
  'PR',
  'VI',
] as const;

/** Zones that the IANA database (zone.tab) lists for US and for its inhabited territories. */
export const usTimeZones = [
  'America/New_York',
  'America/Detroit',
  'America/Kentucky/Louisville',
  'America/Kentucky/Monticello',
  'America/Indiana/Indianapolis',
  'America/Indiana/Vincennes',
  'America/Indiana/Winamac',
  'America/Indiana/Marengo',
  'America/Indiana/Petersburg',
  'America/Indiana/Vevay',
  'America/Chicago',
  'America/Indiana/Tell_City',
  'America/Indiana/Knox',
  'America/Menominee',
  'America/North_Dakota/Center',
  'America/North_Dakota/New_Salem',
  'America/North_Dakota/Beulah',
  'America/Denver',
  'America/Boise',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'America/Juneau',
  'America/Sitka',
  'America/Metlakatla',
  'America/Yakutat',
  'America/Nome',
  'America/Adak',
  'Pacific/Honolulu',
  'America/Puerto_Rico',
  'America/St_Thomas',
  'Pacific/Guam',
  'Pacific/Saipan',
  'Pacific/Pago_Pago',
] as const;
