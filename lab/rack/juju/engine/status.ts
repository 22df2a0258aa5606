/** Writes a status; a status that says the same keeps its time. */
export const setStatus = (
  status: { current: string; message: string; since: number },
  current: string,
  message: string,
  now: number,
): void => {
  if (status.current === current && status.message === message) return;
  Object.assign(status, { current, message, since: now });
};
