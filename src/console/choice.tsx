import { Ask, TextArea, type Wrong } from '#src/ui';

type Props = {
  /** Unique on its page; its reason is the field of this name. */
  name: string;
  title: string;
  action: string;
  /** What it does, and what is read by whom. */
  says: string;
  hint: string;
  button: string;
  isGrave: boolean;
  /** What is decided about, as it was when it was looked at. */
  about?: Record<string, string | number>;
  reason: string;
  wrong: Wrong;
};

/** One way to decide, with its reason: two of them stand side by side, the one that ends something in its colour. */
export function Choice(props: Props) {
  const { name, title, action, says, hint, button, isGrave, about = {}, reason, wrong } = props;
  return (
    <section class={isGrave ? 'choice grave stack' : 'choice stack'} aria-labelledby={`to-${name}`}>
      <h2 id={`to-${name}`}>{title}</h2>
      <p>{says}</p>
      <Ask action={action} label={title}>
        {Object.entries(about).map(([field, value]) => (
          <input type="hidden" name={field} value={value} />
        ))}
        <TextArea name={name} label="Why?" value={reason} rows={2} hint={hint} wrong={wrong} />
        <p>
          <button class={isGrave ? 'primary danger' : 'primary'}>{button}</button>
        </p>
      </Ask>
    </section>
  );
}
