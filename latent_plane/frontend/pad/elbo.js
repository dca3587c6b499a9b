// The two parts of an example's negative ELBO, in nats.

const SMALLEST = 1e-7; // probability

/**
 * −log p(x|z), Bernoulli on grey values.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} decoded
 */
export function reconstruction(x, decoded) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const p = Math.min(1 - SMALLEST, Math.max(SMALLEST, decoded[i]));
    sum -= x[i] * Math.log(p) + (1 - x[i]) * Math.log1p(-p);
  }
  return sum;
}

/**
 * KL(N(mean, exp(logVar)) ‖ N(0, I)): Kingma & Welling (2014), appendix B.
 * @param {ArrayLike<number>} mean
 * @param {ArrayLike<number>} logVar
 */
export function divergence(mean, logVar) {
  let sum = 0;
  for (let i = 0; i < mean.length; i++) {
    sum += (Math.exp(logVar[i]) + mean[i] * mean[i] - 1 - logVar[i]) / 2;
  }
  return sum;
}
