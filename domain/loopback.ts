/** Whether the host of an address (`URL.hostname`) is this machine, by its name alone. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
