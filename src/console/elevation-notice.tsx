import type { Elevation } from '#src/staff';
import { Ask, When } from '#src/ui';
import { elevationPath } from './paths.ts';

/** On every page while it holds: what one may, why, until when, and the way to give it back. */
export function ElevationNotice({ elevation, here }: { elevation: Elevation; here: string }) {
  const { permissions, reason, until } = elevation;
  return (
    <aside class="elevated" aria-label="Elevation">
      <div>
        <p>
          <b>Elevated</b> for {permissions.join(', ')}. It ends <When at={until.toISOString()} />. Because:{' '}
          {reason}
        </p>
        <Ask action={`${elevationPath}/end`} label="Give the elevation back">
          <input type="hidden" name="next" value={here} />
          <button>Give it back</button>
        </Ask>
      </div>
    </aside>
  );
}
