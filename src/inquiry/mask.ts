import { mayNow, type Staff } from '#src/staff';

/** How people are shown to this member of staff: by their first letters, or as they are while that is elevated. */
export type Mask = {
  name(name: string): string;
  email(email: string | null): string | null;
  /** An organisation's name is no personal data. */
  account(account: { name: string; kind: 'person' | 'organisation' }): string;
};

export function maskFor(staff: Staff): Mask {
  if (mayNow(staff, 'people:unmask'))
    return { name: (name) => name, email: (email) => email, account: ({ name }) => name };
  return {
    name: first,
    email: (email) => (email === null ? null : `${first(email)}@…`),
    account: ({ name, kind }) => (kind === 'person' ? first(name) : name),
  };
}

const first = (text: string): string => `${/^./su.exec(text.trim())?.[0] ?? ''}…`;
