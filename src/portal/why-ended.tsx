/** The choice that the field `reason` carries; read by `reasonOf`. `leaked`: what somebody else may have. */
export const WhyEnded = ({ leaked }: { leaked: string }) => (
  <fieldset>
    <legend>
      Why? <span class="opt">(optional)</span>
    </legend>
    <label class="pick">
      <input type="radio" name="reason" value="user" checked />
      <span>It is not needed any more.</span>
    </label>
    <label class="pick">
      <input type="radio" name="reason" value="leaked" />
      <span>Somebody else may have {leaked}.</span>
    </label>
  </fieldset>
);
