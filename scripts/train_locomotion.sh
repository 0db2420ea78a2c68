#!/usr/bin/env bash
# Trains the methods of the locomotion demo on-policy, one task after the other; stopped at any time, the same command
# goes on where it was, and what is done already is skipped. Logs and models in runs/locomotion-TASK-METHOD-SEED.
# scripts/train_locomotion.sh [TASK...]     e.g. cheetah-slope ant-pier; METHODS, SEEDS and WORKERS from the environment
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
bin="${VENV:-.venv}/bin"
tasks=${*:-"cheetah-slope ant-slope cheetah-pier ant-pier cheetah-cripple ant-cripple cheetah-motor ant-motor"}

mkdir -p runs
failed=()
for seed in ${SEEDS:-0}; do
    for task in $tasks; do
        for method in ${METHODS:-hyperdynamics}; do
            out="runs/locomotion-$task-$method-$seed"
            echo "== $task $method seed $seed -> $out"
            "$bin/hyperdynamics" train locomotion --robot "${task%%-*}" --terrain "${task#*-}" --method "$method" \
                --seed "$seed" --workers "${WORKERS:-2}" --out "$out" --json "$out.json" 2>&1 | tee -a "$out.log" ||
                failed+=("$out")
        done
    done
done
[ "${#failed[@]}" -eq 0 ] || { echo "Failed, see above or their logs: ${failed[*]}" >&2; exit 1; }
