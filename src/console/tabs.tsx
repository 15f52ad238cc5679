/** Views of one thing, side by side; `at` is the key of the one that is shown. */
export function Tabs<Key extends string>({
  name,
  at,
  tabs,
}: {
  name: string;
  at: Key;
  tabs: readonly (readonly [key: Key, href: string, name: string])[];
}) {
  return (
    <nav class="tabs" aria-label={name}>
      {tabs.map(([key, href, words]) => (
        <a href={href} {...(key === at ? { 'aria-current': 'true' } : {})}>
          {words}
        </a>
      ))}
    </nav>
  );
}
