import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  checked,
  countQuarantined,
  findQuarantined,
  findRedriven,
  hubCaller,
  listQuarantined,
  listRedrives,
  previewRedrive,
  type QuarantineFilter,
  redrive,
  startRedrive,
} from '#src/events';
import type { Env } from '#src/ports';
import { mayNow, staffActor, type StaffCtx } from '#src/staff';
import { recordLook } from './look.ts';

/** What the marketplace's own token may do with what was kept back, as the member of staff who does it. */
const publishing = (ctx: StaffCtx, env: Env): Ctx => ({
  ...ctx,
  caller: { ...hubCaller(env), tokenId: ctx.staff.via.id, userId: staffActor(ctx.staff) },
});

type Asked = QuarantineFilter & { env: Env };

/** A page, without data, and what all of it is: by type, reason and publisher. */
export async function quarantineList(
  ctx: StaffCtx,
  { env, ...asked }: Asked & { limit: number; after?: string | undefined },
) {
  const [page, counts, redrives] = await Promise.all([
    listQuarantined(publishing(ctx, env), asked),
    countQuarantined(ctx, env),
    listRedrives(publishing(ctx, env)),
  ]);
  await recordLook(ctx, { action: 'look.quarantine', subject: 'quarantine', detail: { env } });
  return { page, counts, redrives };
}

export type KeptEvent = Awaited<ReturnType<typeof oneKept>>;

/**
 * One event that is or was in quarantine. Data are null where people are masked: nobody has looked at what is in them. `now` is
 * what the catalogue says of it at this moment. 404 for any other event.
 */
export async function oneKept(ctx: StaffCtx, env: Env, id: string) {
  const found = await findQuarantined(publishing(ctx, env), id).catch((error: unknown) => {
    if (error instanceof PatchbayError && error.code === 'not_found') return null;
    throw error;
  });
  if (!found) {
    const redriven = await findRedriven(publishing(ctx, env), id);
    await recordLook(ctx, { action: 'look.quarantined', subject: id });
    return { state: 'accepted' as const, ...redriven };
  }
  const { receipt: _receipt, data, ...shown } = found;
  await recordLook(ctx, { action: 'look.quarantined', subject: id });
  const now = checked(ctx, { type: found.type, schemaVersion: found.schema_version, data });
  return {
    state: 'quarantined' as const,
    ...shown,
    now: now.ok ? [] : now.reasons,
    data: mayNow(ctx.staff, 'people:unmask') ? data : null,
  };
}

/** Throws as `redrive`. */
export const redriveKept = (ctx: StaffCtx, env: Env, id: string) => redrive(publishing(ctx, env), id);

export const redriveReach = (ctx: StaffCtx, { env, ...filter }: Asked) =>
  previewRedrive(publishing(ctx, env), filter);

/** Answers the id of the re-drive. 409 where nothing fits. */
export const redriveMany = (
  ctx: StaffCtx,
  { env, ...filter }: Asked,
  through: number | null,
): Promise<string> => startRedrive(publishing(ctx, env), filter, through);
