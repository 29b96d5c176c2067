// A reason not to answer comes in, the documented error envelope goes out.

/** What a refusal says beside its message; `type` follows from the status unless given. */
export interface RefusalDetails {
  type?: string;
  code?: string;
  /** The field at fault. */
  param?: string;
  /** Goes into the header `Retry-After`. */
  retryAfterSeconds?: number;
}

/** The types that AIGate's page of errors lists for each status. */
const typeOfStatus: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found',
  413: 'context_length_exceeded',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'api_error',
};

/** Thrown anywhere below the router, answered by it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** The body of an error answer: `{ error: { message, type, param, code, status } }`. */
export function errorBody(refusal: Refusal, requestId: string) {
  const { type, code, param } = refusal.details;
  return {
    error: {
      message: `${refusal.message} (request id: ${requestId})`,
      type: type ?? typeOfStatus[refusal.status] ?? 'api_error',
      param: param ?? null,
      code: code ?? 'invalid_request',
      status: refusal.status,
    },
  };
}

export const missing = (param: string) =>
  new Refusal(400, `Missing required parameter: '${param}'.`, {
    param,
    code: 'missing_required_parameter',
  });

export const wrongType = (param: string, expected: string) =>
  new Refusal(400, `Invalid type for '${param}': expected ${expected}.`, {
    param,
    code: 'invalid_type',
  });

export const wrongValue = (param: string, expected: string) =>
  new Refusal(400, `Invalid value for '${param}': expected ${expected}.`, {
    param,
    code: 'invalid_value',
  });

export const unknownParameter = (param: string) =>
  new Refusal(400, `Unknown parameter: '${param}'.`, { param, code: 'unknown_parameter' });
