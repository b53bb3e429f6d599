import { Field } from '../components/field'

interface NewPasswordProps {
  label: string
  error: string | undefined
}

/** A password that is chosen now. */
export function NewPasswordField({ label, error }: NewPasswordProps) {
  return (
    <Field
      label={label}
      name="password"
      type="password"
      autocomplete="new-password"
      required
      minlength={8}
      maxlength={256}
      hint="At least 8 characters. A few words are better than a riddle."
      error={error}
    />
  )
}
