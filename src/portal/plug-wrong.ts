import type { AboutConnector } from '#src/connections';
import { PatchbayError } from '#src/errors';
import type { Wrong } from '#src/ui';
import { fieldOf } from './options-form.tsx';

/** `/endpoint/options/pipeline/…` and `/options/pipeline` are about one field of the page: `/pipeline`. */
export function flattened(error: unknown): unknown {
  if (!(error instanceof PatchbayError) || !error.errors) return error;
  return new PatchbayError(error.code, {
    public: error.publicText,
    errors: error.errors.map(({ pointer, detail }) => ({
      pointer: pointer.replace(/^(?:\/endpoint)?\/options(?=\/)/, ''),
      detail,
    })),
  });
}

export const namesOf = (about: AboutConnector): Record<string, string> => ({
  ...Object.fromEntries(about.form.map(({ name }) => [name, fieldOf(name)])),
  event_types: 'types',
  description: 'description',
});

/** A schema speaks of values; whoever reads it looks for the field. */
export const withLabels = (wrong: Wrong, { form }: AboutConnector): Wrong =>
  new Map(
    [...wrong].map(([name, detail]) => {
      const field = form.find((one) => fieldOf(one.name) === name);
      if (!field) return [name, detail];
      return [
        name,
        detail.startsWith('Invalid input: expected')
          ? `${field.label}: choose one.`
          : `${field.label}: ${detail.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`,
      ];
    }),
  );
