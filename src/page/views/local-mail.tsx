const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** A local run sends nothing, and shows here what it would have sent. */
export function LocalMail() {
  if (!LOOPBACK.includes(location.hostname)) return null
  return (
    <p class="field-hint">
      This service runs on your machine, so <a href="/_local/mail">its mail is kept here</a>.
    </p>
  )
}
