// Whatever JSON may hold goes in; whether it is an object comes out.

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
