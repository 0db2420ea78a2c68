#!/usr/bin/env bash
# Makes the models of the push demo again from nothing: trajectories, rendered pools, perception, methods. Every step can
# be stopped at any time; the same command goes on where it was. About three CPU hours; logs and results in data/ and
# runs/. To put the result in place of the committed models: scripts/train_push.sh install
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS=1
bin="${VENV:-.venv}/bin"
seeds=${SEEDS:-"0 1 2"}

collect() { # name trajectories seed variation split
    "$bin/hyperdynamics" collect push --out "data/push-$1" --trajectories "$2" --seed "$3" --variation "$4" --split "$5"
}

train() { # name method data extra...
    local name=$1 method=$2 data=$3
    shift 3
    for seed in $seeds; do
        "$bin/hyperdynamics" train push --method "$method" --data "data/push-$data-train" --out "runs/$name-$seed" \
            --validation "data/push-$data-test-seen" "data/push-$data-test-novel" \
            --crops data/crops-seen data/crops-novel --perception "$eyes" --seed "$seed" "$@"
    done
}

data() {
    collect paper-train 6048 1 paper seen
    collect paper-test-seen 1000 101 paper seen
    collect paper-test-novel 1000 102 paper novel
    collect wide-train 4536 2 wide seen
    collect wide-test-seen 1000 201 wide seen
    collect wide-test-novel 1000 202 wide novel
}

perception() {
    "$bin/python" -m sim_bridges.pushing.scene_pool train --scenes 20000 --out data/scenes-train
    "$bin/python" -m sim_bridges.pushing.scene_pool novel --scenes 1000 --seed 1 --out data/scenes-novel
    "$bin/python" -m sim_bridges.pushing.scene_pool seen --scenes 1000 --seed 2 --out data/scenes-seen
    "$bin/python" -m sim_bridges.pushing.crop_pool seen --out data/crops-seen
    "$bin/python" -m sim_bridges.pushing.crop_pool novel --crops 48 --seed 1 --out data/crops-novel
    "$bin/python" -m sim_bridges.pushing.crop_pool shapes --objects 4000 --crops 4 --seed 2 --out data/crops-shapes
    "$bin/python" -m hyperdynamics_core.training.vision train --run runs/perception
    "$bin/python" -m hyperdynamics_core.training.vision export --run runs/perception --out runs/perception/model
}

methods() {
    eyes=runs/perception/model
    if [ ! -f "$eyes/model.json" ]; then
        echo "$eyes is not there: the committed models/push-perception is taken" >&2
        eyes=models/push-perception
    fi
    for method in hyperdynamics direct direct-large xyz; do
        train "paper-$method" "$method" paper
        train "wide-$method" "$method" wide --sizes.interaction-encoder set
    done
    for method in hyperdynamics direct-large; do # the auxiliary loss tells the encoder log mass and log friction
        train "wide-$method-auxiliary" "$method" wide --sizes.interaction-encoder set \
            --sizes.auxiliary-physics --weights.physics 0.1
    done
    train wide-none hyperdynamics wide --sizes.interaction-encoder none
    train wide-paper hyperdynamics wide
}

install() {
    rm -rf models/push-perception models/push-hyperdynamics
    cp -r runs/perception/model models/push-perception
    cp -r runs/paper-hyperdynamics-0/model models/push-hyperdynamics
}

if [ "$#" -gt 0 ]; then
    for step in "$@"; do "$step"; done
else
    data
    perception
    methods
fi
