// Counting in sorted scores.

// The score that at most a share 1 - thousandths / 1000 of `sorted` exceed, the smallest such one.
export function quantile(sorted, thousandths) {
  return sorted[Math.max(0, Math.ceil((sorted.length * thousandths) / 1000) - 1)];
}

// How many lie above `limit`; one that equals it does not.
export function above(sorted, limit) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}
