import type { Child } from 'hono/jsx';
import { Ask } from './form.tsx';
import { Crumb } from './page.tsx';

type Props = {
  title: string;
  action: string;
  /** Where one came from, and goes back to. */
  back: string;
  backName: string;
  button: string;
  isDangerous: boolean;
  children: Child;
};

/** A question before something is done: a page by itself, a dialog where there is script. Its reach stands first. */
export function Question({ title, action, back, backName, button, isDangerous, children }: Props) {
  return (
    <>
      <Crumb href={back}>{backName}</Crumb>
      <div class="stack form" data-question>
        <h1>{title}</h1>
        <Ask action={action} label={title}>
          {children}
          <div class="row">
            <button class={isDangerous ? 'primary danger' : 'primary'}>{button}</button>
            <a class="button" href={back} data-cancel>
              Leave it as it is
            </a>
          </div>
        </Ask>
      </div>
    </>
  );
}
