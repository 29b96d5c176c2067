// Charges come in (US dollars), the documented answer of GET /v1/balance goes out.

const quotaPerDollar = 500_000;

/** One account with one key. */
export class Balance {
  #used = 0;
  readonly #total = 15;

  charge(dollars: number): void {
    this.#used += dollars;
  }

  body() {
    const round = (dollars: number) => Number(dollars.toFixed(6));
    const quota = (dollars: number) => Math.round(dollars * quotaPerDollar);
    const [used, left, total] = [this.#used, this.#total - this.#used, this.#total];
    return {
      object: 'balance',
      currency: 'USD',
      balance: round(left),
      used: round(used),
      total,
      balance_quota: quota(left),
      used_quota: quota(used),
      total_quota: quota(total),
      token: {
        id: 1,
        name: 'local',
        remaining: round(left),
        used: round(used),
        total,
        remaining_quota: quota(left),
        used_quota: quota(used),
        total_quota: quota(total),
        unlimited_quota: false,
        model_limits_enabled: false,
        model_limits: {},
        expires_at: 0,
      },
    };
  }
}
