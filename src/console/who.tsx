import type { Staff } from '#src/staff';
import { Ask } from '#src/ui';

export function WhoIsIn({ staff: { name, roles } }: { staff: Staff }) {
  return (
    <details class="who">
      <summary>
        <span class="vh">Signed in as </span>
        {name} · {roles.join(', ')}
      </summary>
      <div class="stack">
        <p>
          Signed in as <b>{name}</b>, {roles.join(', ')}
        </p>
        <p>
          <a href="/portal">To the portal</a>
        </p>
        <Ask action="/portal/sign-out" label="Sign out">
          <button>Sign out</button>
        </Ask>
      </div>
    </details>
  );
}
