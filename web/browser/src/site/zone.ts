/** Tells the server the viewer's time zone, so that its pages speak local time. */
const YEAR_S = 365 * 24 * 3600;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split('; ').includes(`zone=${zone}`)) {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `zone=${zone}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
}
export {};
