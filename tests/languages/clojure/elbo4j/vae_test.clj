(ns elbo4j.vae-test
  (:require [clojure.test :refer [deftest testing is]])
  (:import (io.elbo4j Backend Backends Noise)
           (io.elbo4j.languages Golden)
           (io.elbo4j.operation GaussianSampleKl RandomFill)
           (io.elbo4j.train Trainer TrainingSettings)
           (io.elbo4j.train.data Sprites)
           (io.elbo4j.train.graph Parameters Parameters$State)
           (io.elbo4j.train.model Vae VaeSettings)))

(defn sample [^Backend backend]
  (with-open [mean (.matrix backend 8 5)
              log-variance (.matrix backend 8 5)
              z (.matrix backend 8 5)
              kl (.matrix backend 8 1)]
    (.run (RandomFill/normal (Noise. 7 1) mean))
    (.run (RandomFill/normal (Noise. 7 2) log-variance))
    (.run (GaussianSampleKl/forward mean log-variance (Noise. 42 0) z kl))
    [(.toArray z) (.toArray kl)]))

(defn train [^Backend backend]
  (let [sprites (Sprites/images 3 200)
        vae (Vae. (.withBinarise (VaeSettings/of (.columns sprites) 4 (int-array [32 16]))))
        settings (-> (TrainingSettings/of 48 42) (.withKlWarmUp 2) (.withFreeBits 0.05))]
    (with-open [parameters (Parameters. backend (.parameters (.graph vae)) 42)
                trainer (Trainer. vae parameters backend settings sprites)]
      (.steps trainer 30)
      (mapv #(.toArray (.value ^Parameters$State %)) (.all parameters)))))

(deftest ends-in-javas-run
  (doseq [backend-name ["auto" "java"]]
    (testing backend-name
      (with-open [backend (Backends/open backend-name 2)]
        (is (nil? (Golden/check (into (sample backend) (train backend)))))))))
