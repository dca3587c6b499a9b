// Counting in sorted scores, by the rules of the Python module on detection.

/**
 * The score that at most a share 1 - thousandths / 1000 of `sorted` exceed, the smallest such one.
 * @param {ArrayLike<number>} sorted ascending, at least one
 * @param {number} thousandths
 */
export function quantile(sorted, thousandths) {
  return sorted[Math.max(0, Math.ceil((sorted.length * thousandths) / 1000) - 1)];
}

/**
 * How many lie above `limit`; one that equals it does not.
 * @param {ArrayLike<number>} sorted ascending
 * @param {number} limit
 */
export function above(sorted, limit) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return sorted.length - low;
}

/**
 * Points on the ROC and the precision-recall curve; precision is 1 where there is no alarm.
 * @param {number} alarms normal examples above the threshold
 * @param {number} normal examples in all
 * @param {number} found anomalous examples above it
 * @param {number} anomalous examples in all
 */
export function rates(alarms, normal, found, anomalous) {
  return {
    falseAlarms: alarms / normal,
    recall: found / anomalous,
    precision: alarms + found ? found / (alarms + found) : 1,
  };
}
