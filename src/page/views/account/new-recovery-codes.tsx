import { Dialog } from '../../components/dialog'

interface CodesProps {
  codes: readonly string[]
  onClose: () => void
}

/** Recovery codes, the one time that they are shown. */
export function NewRecoveryCodes({ codes, onClose }: CodesProps) {
  const copy = () => navigator.clipboard.writeText(codes.join('\n'))
  return (
    <Dialog title="Your recovery codes" onClose={onClose}>
      <p class="dialog-text">
        Each logs you in once in the place of a code. Keep them where you keep no password: they are
        not shown again.
      </p>
      <ul class="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={copy}>
          Copy
        </button>
        <button type="button" class="button button-primary" onClick={onClose}>
          I have kept them
        </button>
      </div>
    </Dialog>
  )
}
