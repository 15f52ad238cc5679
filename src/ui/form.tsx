import type { Child } from 'hono/jsx';
import { useScreen } from './screen.ts';

/** What is wrong, by the name of the field; what belongs to none stands under the empty name. */
export type Wrong = ReadonlyMap<string, string>;

/** A form that changes something: it carries the session's key. */
export function Ask({ action, children, label }: { action: string; children: Child; label?: string }) {
  const { formKey } = useScreen();
  return (
    <form method="post" action={action} class="stack" {...(label ? { 'aria-label': label } : {})}>
      {children}
      <input type="hidden" name="form_key" value={formKey} />
    </form>
  );
}

type Field = {
  name: string;
  label: string;
  hint?: Child;
  wrong: Wrong;
  isOptional?: boolean;
  isSearch?: boolean;
};

export function TextField(
  props: Field & { value: string; type?: string; placeholder?: string; mono?: boolean },
) {
  const {
    name,
    value,
    type = 'text',
    placeholder,
    mono = false,
    isOptional = false,
    isSearch = false,
  } = props;
  return (
    <FieldFrame {...props}>
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        autocomplete="off"
        {...(mono ? { class: 'mono', spellcheck: false, autocapitalize: 'none' } : {})}
        {...(placeholder ? { placeholder } : {})}
        {...(isOptional ? {} : { required: true })}
        {...(isSearch ? { 'data-search': '' } : {})}
        {...described(props)}
      />
    </FieldFrame>
  );
}

export function TextArea(props: Field & { value: string; rows?: number }) {
  const { name, value, rows = 5 } = props;
  return (
    <FieldFrame {...props}>
      <textarea id={name} name={name} rows={rows} spellcheck={false} {...described(props)}>
        {value}
      </textarea>
    </FieldFrame>
  );
}

export type Choice = readonly [value: string, label: string];

export function Select(props: Field & { value: string; choices: readonly Choice[]; goes?: boolean }) {
  const { name, value, choices, goes = false } = props;
  return (
    <FieldFrame {...props}>
      <select id={name} name={name} {...(goes ? { 'data-go': '' } : {})} {...described(props)}>
        {choices.map(([one, label]) => (
          <option value={one} selected={one === value}>
            {label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

function FieldFrame({
  name,
  label,
  hint,
  wrong,
  isOptional,
  isSearch,
  children,
}: Field & { children: Child }) {
  return (
    <div class="field">
      <label for={name}>
        {label}
        {isOptional && !isSearch ? <span class="dim"> (optional)</span> : null}
      </label>
      {children}
      <WrongAt name={name} wrong={wrong} />
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** Beside the field, or inside the fieldset, that it is about. */
export function WrongAt({ name, wrong }: { name: string; wrong: Wrong }) {
  if (!wrong.has(name)) return null;
  return (
    <p class="wrong" id={`${name}-wrong`}>
      {wrong.get(name)}
    </p>
  );
}

function described({ name, hint, wrong }: Field): Record<string, string> {
  const isWrong = wrong.has(name);
  const ids = [isWrong ? `${name}-wrong` : '', hint ? `${name}-hint` : ''].filter(Boolean).join(' ');
  return { ...(ids ? { 'aria-describedby': ids } : {}), ...(isWrong ? { 'aria-invalid': 'true' } : {}) };
}

/** At the top of a form that was sent in vain: how many things, and a way to each. */
export function WrongSummary({ wrong, title = 'Nothing was made yet' }: { wrong: Wrong; title?: string }) {
  if (wrong.size === 0) return null;
  return (
    <div class="note bad" role="alert">
      <h2>{title}</h2>
      <ul>
        {[...wrong].map(([name, detail]) => (
          <li>{name === '' ? detail : <a href={`#${name}`}>{detail}</a>}</li>
        ))}
      </ul>
    </div>
  );
}
