import { readRecipe } from './recipes.ts';

/** Which recipe somebody is in the middle of, while they are away at a vendor. It says nothing of who they are. */
const name = 'patchbay-recipe';

export const knownRecipe = (id: string | null): string | null => readRecipe(id ?? '')?.id ?? null;

export const recipeCookie = (id: string | null): string | null =>
  id === null ? null : `${name}=${id}; Path=/portal; Max-Age=1800; HttpOnly; SameSite=Lax`;

export const endedRecipeCookie = `${name}=; Path=/portal; Max-Age=0; HttpOnly; SameSite=Lax`;

export function recipeOf(request: Request): string | null {
  const found = /(?:^|;\s*)patchbay-recipe=([a-z-]{1,60})(?:;|$)/.exec(request.headers.get('cookie') ?? '');
  return knownRecipe(found?.[1] ?? null);
}
