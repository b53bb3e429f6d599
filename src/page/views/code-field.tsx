import { useEffect, useRef } from 'preact/hooks'
import { textOf } from '../app/forms'
import { Field } from '../components/field'

/** By its name on the wire. */
export type CodeKind = 'totp' | 'recoveryCode'

/** What a form with a `CodeField` sends beside the rest. */
export function codeOf(form: FormData, kind: CodeKind): Partial<Record<CodeKind, string>> {
  const typed = textOf(form, kind)
  // People copy them with the space in the middle.
  return { [kind]: kind === 'totp' ? typed.replace(/\s/g, '') : typed }
}

/** The six digits that an authenticator app shows. */
export function TotpField({ label, error }: { label: string; error: string | undefined }) {
  return (
    <Field
      label={label}
      name="totp"
      inputMode="numeric"
      autocomplete="one-time-code"
      required
      maxlength={7}
      pattern="\s*\d{3}\s?\d{3}\s*"
      title="six digits"
      error={error}
    />
  )
}

interface CodeProps {
  kind: CodeKind
  onKind: (kind: CodeKind) => void
  errors: Readonly<Record<string, string>>
}

/** A code of an authenticator app, or one of those that were given to keep. */
export function CodeField({ kind, onKind, errors }: CodeProps) {
  const field = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the other kind is another field
  useEffect(() => field.current?.querySelector('input')?.focus(), [kind])
  return (
    <div class="code-field" ref={field}>
      {kind === 'totp' ? (
        <TotpField key="totp" label="Code of your authenticator app" error={errors.totp} />
      ) : (
        <Field
          key="recoveryCode"
          label="Recovery code"
          name="recoveryCode"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength={64}
          hint="One of the ten you were given to keep. Each works once."
          error={errors.recoveryCode}
        />
      )}
      <button
        type="button"
        class="link-button"
        onClick={() => onKind(kind === 'totp' ? 'recoveryCode' : 'totp')}
      >
        {kind === 'totp' ? 'Use a recovery code instead' : 'Use a code of the app instead'}
      </button>
    </div>
  )
}
