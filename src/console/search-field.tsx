import { useScreen } from '#src/ui';
import { searchPath } from './paths.ts';

/**
 * One field for anything, also a token as it was found. So it is a form that posts: a token travels in its body alone,
 * is compared by its HMAC, and is neither kept nor logged. What is no secret is led on to an address that can be shared.
 */
export function SearchField({ value, isFirst = false }: { value: string; isFirst?: boolean }) {
  const { formKey } = useScreen();
  return (
    <form method="post" action={searchPath} class="seek" role="search" aria-label="Search">
      <div class="field">
        <label for="q">Find anything</label>
        <input
          id="q"
          name="q"
          value={value}
          class="mono"
          required
          autocomplete="off"
          spellcheck={false}
          autocapitalize="none"
          data-search=""
          aria-describedby="q-hint"
          {...(isFirst ? { autofocus: true } : {})}
        />
      </div>
      <button class="primary">Find</button>
      <p class="hint dim" id="q-hint">
        A token as it was found (it is not stored, not logged, and stands in no address), any id, a name, an
        e-mail, an endpoint’s host.
      </p>
      <input type="hidden" name="form_key" value={formKey} />
    </form>
  );
}
