import { Field } from '../components/field'

interface UsernameProps {
  error: string | undefined
  value?: string
  hint?: string
}

/** A username that is chosen now. */
export function UsernameField({ error, value, hint }: UsernameProps) {
  return (
    <Field
      label="Username"
      name="username"
      autocomplete="username"
      required
      minlength={3}
      maxlength={32}
      pattern="[A-Za-z0-9_.]{3,32}"
      title="3 to 32 letters, digits, dots or underscores"
      spellcheck={false}
      autocapitalize="none"
      defaultValue={value}
      hint={hint}
      error={error}
    />
  )
}
