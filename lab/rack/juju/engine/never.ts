/** The end of JavaScript's time: JSON knows no Infinity. */
export const NEVER = 8.64e15;
