/** `external`: no style is injected by script, so the policy needs no inline style. */
export default {
  compilerOptions: { css: 'external', runes: true },
};
