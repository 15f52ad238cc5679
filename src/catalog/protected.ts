/**
 * Attributes of people that no event, no experiment assignment and no ranking may carry (S1-11). The list joins
 * the federal ones (Title VII, ADEA, ADA, GINA, ECOA, Fair Housing Act) with those of Texas and California law.
 */
export const protectedAttributes = [
  'race',
  'racial',
  'ethnicity',
  'ethnic',
  'skin_color',
  'skin_tone',
  'hair_texture',
  'ancestry',
  'national_origin',
  'nationality',
  'citizenship',
  'immigration_status',
  'immigration',
  'primary_language',
  'religion',
  'religious',
  'creed',
  'gender',
  'gender_identity',
  'gender_expression',
  'sex',
  'sexual_orientation',
  'orientation',
  'pronoun',
  'transgender',
  'age',
  'dob',
  'birth',
  'birthday',
  'birthdate',
  'birth_date',
  'date_of_birth',
  'birth_year',
  'disability',
  'disabilities',
  'disabled_person',
  'handicap',
  'medical',
  'medical_condition',
  'health_condition',
  'diagnosis',
  'hiv',
  'genetic',
  'genetics',
  'pregnancy',
  'pregnant',
  'maternity',
  'marital',
  'marital_status',
  'family_status',
  'familial_status',
  'veteran',
  'veteran_status',
  'military_status',
  'public_assistance',
  'political_affiliation',
  'union_membership',
] as const;

/**
 * Whether a field name, or a value of a closed list, speaks of a protected attribute. Whole words count
 * (`buyer_age`, `ageRange`, `Date-Of-Birth`, `dateofbirth`), letters inside a word do not (`message`, `stage`).
 */
export function isProtectedAttribute(name: string): boolean {
  const words = wordsOf(name);
  const phrase = `_${words.join('_')}_`;
  const squeezed = words.join('');
  return attributes.some(
    (attribute) =>
      phrase.includes(`_${attribute.join('_')}_`) ||
      squeezed === attribute.join('') ||
      words.includes(attribute.join('')),
  );
}

const attributes: readonly string[][] = protectedAttributes.map(wordsOf);

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/s$/, '')); // One form for `gender` and `genders`; both sides lose the same letter.
}
